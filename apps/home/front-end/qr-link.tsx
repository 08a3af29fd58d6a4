import type { QrCode } from "@kith/ui/qr-code";
import { useEffect, useState } from "preact/hooks";

type QrLinkProps = { readonly link: string; readonly label: string };

/** Few visits need one, so the drawing is fetched when it is wanted. */
export function QrLink({ link, label }: QrLinkProps) {
  const [Code, setCode] = useState<{ readonly component: typeof QrCode }>();
  useEffect(() => {
    // Without network the link itself is still there.
    import("@kith/ui/qr-code").then(
      ({ QrCode: component }) => setCode({ component }),
      () => undefined,
    );
  }, []);
  if (Code === undefined) return <div class="aspect-square max-w-64 rounded-control bg-sunken" />;
  return <Code.component text={link} label={label} />;
}
