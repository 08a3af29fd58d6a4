import type { ChangeStream } from "@kith/changes/change-stream";
import { retryMs } from "@kith/changes/limits";
import type { ChangeMessage } from "@kith/changes/message";

/**
 * Server-sent events (HTML Living Standard, section 9.2.6) of one listener. The next ones are made when the runtime asks
 * for bytes, which it does while the client takes them: so nothing piles up for a client that does not.
 */
export function eventStreamAnswer(stream: ChangeStream): Response {
  const encoder = new TextEncoder();
  let isFirst = true;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const messages = await stream.next();
        if (messages === undefined) {
          closeOnce(controller);
          return;
        }
        const retry = isFirst ? `retry: ${retryMs}\n\n` : "";
        isFirst = false;
        controller.enqueue(encoder.encode(retry + messages.map(eventText).join("")));
      },
      cancel: () => stream.close(),
    },
    { highWaterMark: 0 },
  );
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      // Proxies may neither keep nor gather what is sent.
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
      "access-control-allow-origin": "*",
      "x-content-type-options": "nosniff",
      vary: "accept",
    },
  });
}

/** A runtime that has lost its client may have ended the stream already. */
function closeOnce(controller: ReadableStreamDefaultController): void {
  try {
    controller.close();
  } catch {
    // It is closed.
  }
}

/** A heartbeat moves the client's position on and is no event, because it has no data. */
export function eventText({ name, id, data }: ChangeMessage): string {
  const idLine = id === undefined ? "" : `id: ${id}\n`;
  if (data === undefined) return `:\n${idLine}\n`;
  const dataLines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
  return `event: ${name}\n${idLine}${dataLines.join("")}\n`;
}
