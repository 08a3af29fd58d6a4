import { classNames } from "@kith/ui/class-names";
import { Icon } from "@kith/ui/icon";

import { pageIcons, pageTitle } from "./page-titles.ts";
import { isPlainClick, pageNames, pathOf, type PageName, type Route } from "./route.ts";
import { texts } from "./texts.ts";

type NavigationProps = { readonly page: Route["page"]; readonly go: (page: PageName) => void };

/** Beside the page where there is room for it; the header has a menu where there is none. */
export function Navigation({ page, go }: NavigationProps) {
  return (
    <nav aria-label={texts.pages} class="hidden pt-6 wide:block">
      <ul class="grid gap-1">
        {pageNames.map((name) => (
          <li key={name}>
            <a
              href={pathOf(name)}
              aria-current={name === page ? "page" : undefined}
              onClick={(event) => {
                if (!isPlainClick(event)) return;
                event.preventDefault();
                go(name);
              }}
              class={classNames(
                "flex min-h-10 items-center gap-3 rounded-control px-3 py-2 hover:bg-sunken",
                name === page && "bg-accent-soft font-semibold hover:bg-accent-soft",
              )}
            >
              <Icon node={pageIcons[name]} />
              {pageTitle(name)}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
