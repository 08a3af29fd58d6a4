import { pageGreeting } from "../connect/greeting.ts";

/** The root host, with its port, of the network that a page belongs to. */
export function rootOf({ host }: Pick<Location, "host">): string {
  return host.slice(host.indexOf(".") + 1);
}

/** Where that network's supervisor is. */
export function supervisorOf(page: Pick<Location, "protocol" | "host">): string {
  return `${page.protocol}//supervisor.${rootOf(page)}`;
}

const hidden = "display:none";
/**
 * Above everything that the page has; what is not the prompt stays transparent, for which the frame's colours have to be those
 * that its document has.
 */
const shown =
  "position:fixed;inset:0;width:100%;height:100%;border:0;z-index:2147483647;color-scheme:light dark;background:transparent";

/** The hidden frame that does for the page what the page itself must not do. */
export class SupervisorFrame {
  /** What is said before the frame has its end of it waits there. */
  readonly port: MessagePort;
  /** The frame has its end of the port. */
  readonly loaded: Promise<void>;
  readonly #element: HTMLIFrameElement;
  #isClosed = false;

  private constructor(element: HTMLIFrameElement, origin: string) {
    const { port1, port2 } = new MessageChannel();
    const { promise, resolve } = Promise.withResolvers<void>();
    const greet = (): void => {
      element.contentWindow?.postMessage(pageGreeting, origin, [port2]);
      resolve();
    };
    element.addEventListener("load", greet, { once: true });
    this.#element = element;
    this.port = port1;
    this.loaded = promise;
  }

  /** Puts the frame into the page; `isLater`: when that has drawn what it has without it. */
  static open(origin: string, { isLater }: { readonly isLater: boolean }): SupervisorFrame {
    const element = document.createElement("iframe");
    element.src = `${origin}/`;
    element.title = "Kith";
    element.tabIndex = -1;
    element.setAttribute("aria-hidden", "true");
    element.allow =
      "publickey-credentials-get *; publickey-credentials-create *; clipboard-write *";
    element.style.cssText = hidden;
    const frame = new SupervisorFrame(element, origin);
    if (isLater) void drawn().then(() => frame.#isClosed || frame.#place());
    else frame.#place();
    return frame;
  }

  #place(): void {
    (document.body ?? document.documentElement).append(this.#element);
  }

  /** Lets the supervisor ask something, over all of the page, and gives the page back. */
  show(isShown: boolean): void {
    this.#element.style.cssText = isShown ? shown : hidden;
    if (isShown) {
      this.#element.removeAttribute("aria-hidden");
      this.#element.focus();
    } else {
      this.#element.setAttribute("aria-hidden", "true");
    }
  }

  close(): void {
    this.#isClosed = true;
    this.port.close();
    this.#element.remove();
  }
}

const drawnMsMax = 100;

/** When the page has been drawn once. Pages that nobody sees are not, and do not wait for that. */
function drawn(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve, 0));
    setTimeout(resolve, drawnMsMax);
  });
}
