import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";

import { Button, type ButtonKind } from "./button.tsx";
import { classNames } from "./class-names.ts";
import type { IconNode } from "./icon-node.ts";
import { Icon } from "./icon.tsx";
import { menuIcon } from "./icons.ts";
import { nextIndex } from "./next-index.ts";

export type MenuItem = {
  readonly label: string;
  readonly icon?: IconNode;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  readonly onSelect: () => void;
};

export type MenuProps = {
  /** What can be done here: "Actions for alice's post". */
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly icon?: IconNode;
  readonly kind?: ButtonKind;
  /** Shown on the button; without it the icon stands for the label. */
  readonly text?: string;
};

/** A button that opens a list of things to do. Arrows, Home, End, Escape and first letters do what they usually do. */
export function Menu({ label, items, icon = menuIcon, kind = "quiet", text }: MenuProps) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  useEffect(
    () => (isOpen ? watchOutside(root.current, () => setOpen(false)) : undefined),
    [isOpen],
  );
  // Before anybody sees the menu: a key that is pressed at once is the menu's.
  useLayoutEffect(() => {
    if (isOpen) focusItem(root.current, 0);
  }, [isOpen]);

  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!isOpen) return;
    if (event.key === "Escape") {
      // Not the dialog that it may stand in.
      event.preventDefault();
      close();
    } else if (event.key === "Tab") setOpen(false);
    else if (moveFocus(root.current, event.key)) event.preventDefault();
  };
  return (
    <div ref={root} class="relative inline-block" onKeyDown={onKeyDown}>
      <Button
        {...{ kind, icon }}
        size="small"
        buttonRef={button}
        {...(text === undefined ? { label } : { "aria-label": label, children: text })}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setOpen(!isOpen)}
      />
      {isOpen && (
        <div
          id={id}
          role="menu"
          aria-label={label}
          class="absolute end-0 z-40 mt-1 grid min-w-48 animate-arrive rounded-card border border-line bg-raised p-1 shadow-floating"
        >
          {items.map((item) => (
            <MenuButton key={item.label} item={item} close={close} />
          ))}
        </div>
      )}
    </div>
  );
}

function MenuButton({ item, close }: { readonly item: MenuItem; readonly close: () => void }) {
  const { label, icon, danger = false, disabled = false, onSelect } = item;
  const select = (): void => {
    if (disabled) return;
    close();
    onSelect();
  };
  return (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      aria-disabled={disabled}
      onClick={select}
      class={classNames(
        "flex min-h-10 items-center gap-2 rounded-control px-3 py-2 text-start whitespace-nowrap hover:bg-sunken",
        danger && "text-danger",
        disabled && "opacity-50",
      )}
    >
      {icon !== undefined && <Icon node={icon} />}
      {label}
    </button>
  );
}

function itemsOf(root: HTMLElement | null): readonly HTMLElement[] {
  return [...(root?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
}

function focusItem(root: HTMLElement | null, index: number): void {
  itemsOf(root)[index]?.focus();
}

/** Whether the key has led somewhere. */
function moveFocus(root: HTMLElement | null, key: string): boolean {
  const items = itemsOf(root);
  const index = items.findIndex((item) => item === document.activeElement);
  const next = nextIndex(key, { index, count: items.length, axis: "down" });
  const found = next ?? startingWith(items, key, index);
  if (found === undefined) return false;
  items[found]?.focus();
  return true;
}

function startingWith(
  items: readonly HTMLElement[],
  key: string,
  after: number,
): number | undefined {
  if (key.length !== 1 || key === " ") return undefined;
  const order = items.map((_, at) => (after + 1 + at) % items.length);
  const letter = key.toLowerCase();
  return order.find((at) => {
    const text = items[at]?.textContent ?? "";
    return text.trim().toLowerCase().startsWith(letter);
  });
}

function watchOutside(root: HTMLElement | null, onOutside: () => void): () => void {
  const look = (event: Event): void => {
    if (event.target instanceof Node && root?.contains(event.target) === false) onOutside();
  };
  document.addEventListener("pointerdown", look);
  document.addEventListener("focusin", look);
  return () => {
    document.removeEventListener("pointerdown", look);
    document.removeEventListener("focusin", look);
  };
}
