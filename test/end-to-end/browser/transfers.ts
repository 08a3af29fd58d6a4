import type { BrowserContext, Page, Request } from "playwright-core";

export type Transfer = {
  readonly url: string;
  /** Head and body as they went over the wire; 0 where the cache or a service worker answered. */
  readonly bytes: number;
};

type Finished = { readonly page: Page | undefined; readonly transfer: Promise<Transfer> };

/** How many bytes the requests of a context took: its pages with their frames and workers, and its service workers. */
export class Transfers {
  #finished: Finished[] = [];

  constructor(context: BrowserContext) {
    context.on("requestfinished", (request) => {
      this.#finished.push({ page: pageOf(request), transfer: measure(request) });
    });
  }

  /** Counts from nothing again. */
  reset(): void {
    this.#finished = [];
  }

  /** What finished since then; of one page, or with all that has no page. */
  async list(page?: Page): Promise<readonly Transfer[]> {
    const wanted = this.#finished.filter((each) => page === undefined || each.page === page);
    return await Promise.all(wanted.map(({ transfer }) => transfer));
  }

  async bytes(page?: Page): Promise<number> {
    return (await this.list(page)).reduce((sum, { bytes }) => sum + bytes, 0);
  }
}

function pageOf(request: Request): Page | undefined {
  if (request.serviceWorker() !== null) return undefined;
  try {
    return request.frame().page();
  } catch {
    return undefined;
  }
}

/** The driver never learns the size of some requests of service workers that the network answered with "not modified". */
const sizesMsMax = 2000;

/** The browser's own count (`encodedDataLength`) is the sum of both sizes; of workers' first scripts it knows only the head. */
async function measure(request: Request): Promise<Transfer> {
  const url = request.url();
  try {
    const sizes = await (request.serviceWorker() === null
      ? request.sizes()
      : Promise.race([request.sizes(), later(sizesMsMax)]));
    if (sizes === undefined) return { url, bytes: 0 };
    const { responseHeadersSize, responseBodySize } = sizes;
    if (responseBodySize !== 0) return { url, bytes: responseHeadersSize + responseBodySize };
    const length = await (await request.response())?.headerValue("content-length");
    return { url, bytes: responseHeadersSize + Number(length ?? 0) };
  } catch {
    // The page was closed meanwhile.
    return { url, bytes: 0 };
  }
}

function later(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms));
}
