import { pageGreeting } from "../connect/greeting.ts";

/** Where the supervisor of the network is that a page belongs to. */
export function supervisorOf({ protocol, host }: Pick<Location, "protocol" | "host">): string {
  const root = host.slice(host.indexOf(".") + 1);
  return `${protocol}//supervisor.${root}`;
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
  readonly port: MessagePort;
  readonly #element: HTMLIFrameElement;

  private constructor(element: HTMLIFrameElement, port: MessagePort) {
    this.#element = element;
    this.port = port;
  }

  /** Resolves when the frame has its end of the port. */
  static async open(origin: string): Promise<SupervisorFrame> {
    const element = document.createElement("iframe");
    element.src = `${origin}/`;
    element.title = "Kith";
    element.tabIndex = -1;
    element.setAttribute("aria-hidden", "true");
    element.allow =
      "publickey-credentials-get *; publickey-credentials-create *; clipboard-write *";
    element.style.cssText = hidden;
    const loaded = new Promise((resolve) =>
      element.addEventListener("load", resolve, { once: true }),
    );
    (document.body ?? document.documentElement).append(element);
    await loaded;
    const { port1, port2 } = new MessageChannel();
    element.contentWindow?.postMessage(pageGreeting, origin, [port2]);
    return new SupervisorFrame(element, port1);
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
    this.port.close();
    this.#element.remove();
  }
}
