import { imageFuelMax } from "../limits.ts";
import type { SourceError } from "./image.ts";

/** For the author of a service. */
export function messageOf(error: SourceError): string {
  switch (error.code) {
    case "source-too-long":
      return `the source has ${error.sizeBytes} bytes; at most ${error.sizeBytesMax}`;
    case "source-has-zero-bytes":
      return "the source contains a zero byte";
    case "source-not-utf8":
      return "the source is not UTF-8";
    case "source-throws":
      return `the source throws while it is started: ${error.message}`;
    case "source-trapped":
      return `the source does not come to its end with ${imageFuelMax} units of fuel and the memory that there is`;
    case "source-without-service":
      return "the source leaves no service behind; its last statement is runAsGuest(service)";
    case "definition-malformed":
      return error.message;
  }
}
