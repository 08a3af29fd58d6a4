import { useCallback, useEffect, useState } from "preact/hooks";

import { Button } from "./button.tsx";
import { closeIcon } from "./icons.ts";
import { Notice, type NoticeKind } from "./notice.tsx";

export type Toast = {
  readonly id: number;
  readonly kind: NoticeKind;
  readonly text: string;
};

export type ToastState = {
  readonly toasts: readonly Toast[];
  readonly show: (kind: NoticeKind, text: string) => void;
  readonly dismiss: (id: number) => void;
};

let lastId = 0;

/** What is over by the time it is told. What the reader has to act on stands in its place on the page. */
export function useToasts(): ToastState {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const show = useCallback((kind: NoticeKind, text: string) => {
    const id = ++lastId;
    setToasts((before) => [...before.slice(1 - shownMax), { id, kind, text }]);
  }, []);
  const dismiss = useCallback((id: number) => {
    setToasts((before) => before.filter((toast) => toast.id !== id));
  }, []);
  return { toasts, show, dismiss };
}

const shownMax = 3;

export type ToastsProps = Pick<ToastState, "toasts" | "dismiss"> & {
  readonly dismissLabel: string;
};

/** At the lower edge, above everything. Errors stay until they are read. */
export function Toasts({ toasts, dismiss, dismissLabel }: ToastsProps) {
  return (
    <div class="pointer-events-none fixed inset-x-0 bottom-0 z-50 grid justify-items-center gap-2 p-4">
      {toasts.map((toast) => (
        <ShownToast key={toast.id} {...{ toast, dismiss, dismissLabel }} />
      ))}
    </div>
  );
}

type ShownToastProps = Omit<ToastsProps, "toasts"> & { readonly toast: Toast };

function ShownToast({ toast, dismiss, dismissLabel }: ShownToastProps) {
  const [isRead, setRead] = useState(false);
  const { id, kind, text } = toast;
  useEffect(() => {
    if (isRead || kind === "danger") return undefined;
    const timer = setTimeout(() => dismiss(id), shownMs);
    return () => clearTimeout(timer);
  }, [id, kind, isRead, dismiss]);
  return (
    <div
      onPointerEnter={() => setRead(true)}
      onPointerLeave={() => setRead(false)}
      onFocusIn={() => setRead(true)}
      onFocusOut={() => setRead(false)}
      class="pointer-events-auto w-full max-w-120 animate-arrive rounded-card border border-line bg-raised shadow-floating"
    >
      <Notice
        kind={kind}
        action={
          <Button
            kind="quiet"
            size="small"
            icon={closeIcon}
            label={dismissLabel}
            onClick={() => dismiss(id)}
          />
        }
      >
        {text}
      </Notice>
    </div>
  );
}

/** Long enough to be read twice. */
const shownMs = 6000;
