import { abort, check } from "@kith/sdk/abort";
import { implementFunction, plugin, type Plugin, type PluginContext } from "@kith/sdk/plugin";
import { httpHost, type HttpAnswer } from "@kith/sdk/plugin-host";
import { httpPlugin, targetCharsMax } from "@kith/sdk/plugins/http";
import { unpackText } from "@kith/sdk/texts";

const { functions } = httpPlugin;

const get = implementFunction(functions.get, "none", (context, { target }) =>
  answerOf(context, target),
);

const getJson = implementFunction(functions.getJson, "none", (context, { target }) => {
  const { status, contentType, body } = answerOf(context, target);
  const isJson = /^application\/json\b/i.test(contentType);
  const text = status === 200 && isJson ? unpackText(body) : undefined;
  return text ?? abort("http-failed", `${context.caller} answers ${target} with status ${status}`);
});

export const http: Plugin<(typeof httpPlugin)["functions"]> = plugin("http", {
  doc: "Reads what a plugin's own service and site answer.",
  imports: [httpHost],
  exports: { get, getJson },
});

/** The account is the caller's; a path stays on its host. */
function answerOf(context: PluginContext, target: string): HttpAnswer {
  const isPath = /^\/(?![/\\])[\x21-\x7e]*$/.test(target) && !target.includes("#");
  const fits = isPath && target.length <= targetCharsMax;
  check(fits, "target-malformed", "a target is a path and a query, percent-encoded");
  return context.call(httpHost).get({ account: context.caller, target });
}
