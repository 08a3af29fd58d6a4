import { texts } from "./texts.ts";

/** As it was typed, with addresses as links. Undefined: a moderator has hidden it. */
export function PostText({ text }: { readonly text: string | undefined }) {
  if (text === undefined) return <p class="text-quiet italic">{texts.hiddenPost}</p>;
  return (
    <p class="whitespace-pre-wrap wrap-anywhere">
      {text.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?')\]])/).map((part, at) =>
        at % 2 === 0 ? (
          part
        ) : (
          <a
            key={at}
            href={part}
            target="_blank"
            rel="noopener noreferrer nofollow"
            class="text-accent underline"
          >
            {part}
          </a>
        ),
      )}
    </p>
  );
}
