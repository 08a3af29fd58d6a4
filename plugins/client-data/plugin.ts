import { check } from "@kith/sdk/abort";
import { implementFunction, plugin, type Plugin, type PluginContext } from "@kith/sdk/plugin";
import { dataHost, type DataPlace } from "@kith/sdk/plugin-host";
import {
  clientDataPlugin,
  dataKeyBytesMax,
  dataValueBytesMax,
  type Bucket,
} from "@kith/sdk/plugins/client-data";
import { packText } from "@kith/sdk/texts";

const { functions } = clientDataPlugin;

const get = implementFunction(functions.get, "none", (context, { key, ...bucket }) =>
  context.call(dataHost).get({ ...placeOf(context, bucket), key: checkedKey(key) }),
);

const set = implementFunction(functions.set, "none", (context, { key, value, ...bucket }) => {
  const fits = value.length <= dataValueBytesMax;
  check(fits, "value-too-long", `a value has at most ${dataValueBytesMax} bytes`);
  context.call(dataHost).set({ ...placeOf(context, bucket), key: checkedKey(key), value });
});

const remove = implementFunction(functions.remove, "none", (context, { key, ...bucket }) =>
  context.call(dataHost).remove({ ...placeOf(context, bucket), key: checkedKey(key) }),
);

const keys = implementFunction(functions.keys, "none", (context, { after, ...bucket }) => {
  const place = placeOf(context, bucket);
  return context
    .call(dataHost)
    .keys(after === undefined ? place : { ...place, after: checkedKey(after) });
});

export const clientData: Plugin<(typeof clientDataPlugin)["functions"]> = plugin("clientdata", {
  doc: "Keeps what plugins remember in this browser, each its own, for each user.",
  imports: [dataHost],
  exports: { get, set, remove, keys },
});

/** Whose data it is, nobody says: the machine knows who called. */
function placeOf(context: PluginContext, { bucket, scope, mode, duration }: Bucket): DataPlace {
  const isName = /^[a-z0-9-]{1,32}$/.test(bucket);
  check(isName, "bucket-malformed", "a bucket is named with 1 to 32 of a-z, 0-9 and -");
  return {
    owner: context.caller,
    ...(scope === "browser" ? {} : { user: context.user }),
    bucket,
    mode: mode === "non-transactional" ? 1 : 0,
    duration: duration === "session" ? 0 : 1,
  };
}

function checkedKey(key: string): string {
  const isText = key.length > 0 && key.length <= dataKeyBytesMax && key.isWellFormed();
  const fits = isText && packText(key).length <= dataKeyBytesMax;
  check(fits, "key-malformed", `a key has 1 to ${dataKeyBytesMax} bytes of text`);
  return key;
}
