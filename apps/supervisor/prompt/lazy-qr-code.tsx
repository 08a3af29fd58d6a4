import type { QrCodeProps } from "@kith/ui/qr-code";
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

/** Few questions have one, so it is loaded by those that do; its place is kept. */
export function LazyQrCode(props: QrCodeProps) {
  const [loaded, setLoaded] = useState<{ readonly Code: ComponentType<QrCodeProps> } | undefined>(
    undefined,
  );
  useEffect(() => {
    void import("@kith/ui/qr-code").then(({ QrCode }) => setLoaded({ Code: QrCode }));
  }, []);
  return (
    <div class="aspect-square w-48 max-w-full justify-self-center">
      {loaded !== undefined && <loaded.Code {...props} />}
    </div>
  );
}
