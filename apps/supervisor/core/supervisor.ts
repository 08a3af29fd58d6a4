import type { AccountName } from "@kith/protocol/ids";
import {
  frameMessage,
  pageMessage,
  type FrameMessage,
  type PageMessage,
} from "@kith/sdk/connect/page-messages";
import type { CallContext } from "@kith/sdk/plugin-host";
import { accountsPlugin } from "@kith/sdk/plugins/accounts";
import { permissionsPlugin } from "@kith/sdk/plugins/permissions";

import { Sealing, sealingAnswers } from "../sealing/sealing.ts";
import { AppCalls } from "./app-calls.ts";
import { AuthServices } from "./auth-services.ts";
import { authorLog } from "./author-log.ts";
import { dataAnswers, PluginData } from "./data.ts";
import type { Database, EffectRow } from "./database.ts";
import { expirationsIn } from "./expirations.ts";
import { Fetches } from "./fetches.ts";
import { answerAsk, type HostAnswers } from "./host-answers.ts";
import { httpAnswers } from "./http.ts";
import { keysMade } from "./keys-made.ts";
import { DeviceKeys, keyAnswers } from "./keys.ts";
import { fetchMachine, fetchWholeEngine } from "./machine-start.ts";
import { Network } from "./network.ts";
import { Nodes } from "./nodes.ts";
import { OpenCalls } from "./open-calls.ts";
import { PageNews } from "./page-news.ts";
import { Passkeys } from "./passkeys.ts";
import { PluginShelf } from "./plugin-shelf.ts";
import { PluginWorker } from "./plugin-worker.ts";
import { prepareCalls, prepareSigning } from "./prepare.ts";
import { PromptThrottle } from "./prompt-throttle.ts";
import { promptAnswers, Prompts } from "./prompts.ts";
import { ReferenceBlock } from "./reference.ts";
import { storedSealingKeys } from "./sealing-keys.ts";
import { sessionAnswers, Sessions } from "./sessions.ts";
import { thisBrowser } from "./this-browser.ts";
import { Tokens } from "./tokens.ts";
import { WriteStore } from "./write-store.ts";
import { Writes } from "./writes.ts";

/** Whom a frame serves: the page of one app. */
export type Page = {
  readonly app: AccountName;
  readonly port: MessagePort;
  /** The root host with its port, as this browser reaches it, and `http:` or `https:`. */
  readonly root: string;
  readonly scheme: string;
  readonly openWorker: () => Worker;
  readonly database: Promise<Database>;
};

/** Serves one page for as long as it is open: puts the supervisor's parts together. */
export async function serveApp(page: Page): Promise<void> {
  const { app, port } = page;
  const tell = tellOver(port);
  const database = await page.database;
  const nodes = new Nodes(page, database, (isReached) => {
    tell({ reach: { isReached } });
    if (isReached) writes.sendQueued();
  });
  const sessions = new Sessions(database, () => {
    void news.greet().catch(() => undefined);
    void prepareSigning(ready).catch(() => undefined);
  });
  const network = new Network(nodes, database, sessions);
  const keys = new DeviceKeys(database);
  const prompts = newPrompts(page.root, tell);
  const answers = hostAnswers({ database, nodes, sessions, keys, prompts, root: page.root });
  const apply = (effects: readonly EffectRow[], by: AccountName): Promise<void> =>
    applyEffects(answers, effects, by);
  const discard = (effects: readonly EffectRow[]): Promise<void> => keys.discard(keysMade(effects));
  const writes = new Writes({
    nodes,
    store: new WriteStore(database),
    apply: (write) => apply(write.effects, write.app),
    discard: (write) => discard(write.effects),
    onChange: () => void news.tellWrites(),
    page: crypto.randomUUID(),
    browser: thisBrowser,
  });
  addEventListener("online", () => writes.sendQueued());
  const news = new PageNews({
    tell,
    root: page.root,
    network: () => network.id(),
    user: () => sessions.userOf(app),
    writesFor: (user) => writes.statesFor(app, user),
  });
  const reference = new ReferenceBlock(nodes, database);
  const authServices = new AuthServices(nodes, database);
  const shelf = new PluginShelf(nodes, database);
  const worker = new PluginWorker({
    open: page.openWorker,
    start: fetchMachine,
    wholeEngine: fetchWholeEngine,
    onLog: authorLog,
  });
  const authServiceOf = (account: AccountName): Promise<AccountName> => authServices.of(account);
  const keyOf = (account: AccountName): Promise<Uint8Array> => sessions.keyOf(account);
  const signing = { reference, authServiceOf, keyOf, nextExpiration: expirationsIn(database) };
  const ready = { app, worker, shelf, user: () => sessions.userOf(app), authServiceOf };
  const calls = new AppCalls({ shelf, worker, writes, answers, apply, discard, ...signing });
  const tokens = new Tokens({ sessions, keys, network });
  const fetches = new Fetches(nodes, tell, (service) => credentialsFor(service, app, tokens));

  const about = (): Promise<CallContext> => contextOf(page, network, sessions);
  const take = takerOf({ tell, news, calls, prompts, fetches, about });

  port.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    const message = data instanceof Uint8Array ? pageMessage.unpack(data) : undefined;
    // Whoever speaks otherwise is not the SDK, and gets no answer.
    if (message?.ok === true) void take(message.value);
  });
  await Promise.all([nodes.recall(), network.recall()]);
  port.start();
  await news.greet();
  writes.sendQueued();
  // Without a network there is nothing to compare with.
  void network.check().catch(() => undefined);
  void reference.take().catch(() => undefined);
  // What the page was written for, and what its first call needs.
  void shelf.look([app, permissionsPlugin.name, accountsPlugin.name]).catch(() => undefined);
  void keys.sweep().catch(() => undefined);
  setTimeout(() => void prepareCalls(ready).catch(() => undefined), 0);
}

function tellOver(port: MessagePort): (message: FrameMessage) => void {
  return (message) => {
    const bytes = frameMessage.pack(message);
    port.postMessage(bytes, bytes.byteLength === bytes.buffer.byteLength ? [bytes.buffer] : []);
  };
}

type TakerParts = {
  readonly tell: (message: FrameMessage) => void;
  readonly news: PageNews;
  readonly calls: AppCalls;
  readonly prompts: Prompts;
  readonly fetches: Fetches;
  readonly about: () => Promise<CallContext>;
};

/** Does what the page says. */
function takerOf({ tell, news, calls, prompts, fetches, about }: TakerParts) {
  const open = new OpenCalls();
  const answer = async (id: number, run: () => Promise<FrameMessage>): Promise<void> => {
    const answered = await open.answer(id, run);
    // Whoever hears that something waits finds it among what waits.
    if ("queued" in answered) await news.tellWrites();
    await news.caughtUp();
    tell(answered);
  };
  return async (message: PageMessage): Promise<void> => {
    if ("call" in message) {
      const { call } = message;
      const run = async () => prompts.during(calls.call(call, await about()));
      await answer(call.id, run);
    } else if ("act" in message) {
      const { act } = message;
      await answer(act.id, async () => calls.act(act, await about()));
    } else if ("retry" in message) {
      const { retry } = message;
      await answer(retry.id, async () => calls.retry(retry, await about()));
    } else if ("drop" in message) {
      const { drop } = message;
      await answer(drop.id, async () => calls.drop(drop, await about()));
    } else if ("fetch" in message) await fetches.start(message.fetch);
    else fetches.cancel(message.cancel.id);
  };
}

/** Of whoever uses this app, for the app's own service. */
async function credentialsFor(
  service: string,
  app: AccountName,
  tokens: Tokens,
): Promise<Readonly<Record<string, string>>> {
  const authorization = service === app ? await tokens.bearerFor(app) : undefined;
  return authorization === undefined ? {} : { authorization };
}

async function contextOf(
  { app, root }: Page,
  network: Network,
  sessions: Sessions,
): Promise<CallContext> {
  const [id, user] = await Promise.all([network.id(), sessions.userOf(app)]);
  const nowMicros = Date.now() * 1000;
  return { app, network: id, root, nowMicros, ...(user === undefined ? {} : { user }) };
}

type AnswerParts = {
  readonly database: Database;
  readonly nodes: Nodes;
  readonly sessions: Sessions;
  readonly keys: DeviceKeys;
  readonly prompts: Prompts;
  readonly root: string;
};

function newPrompts(root: string, tell: (message: FrameMessage) => void): Prompts {
  const throttle = new PromptThrottle(localStorage, () => Date.now());
  return new Prompts({ root, throttle, show: (isShown) => tell({ show: { isShown } }) });
}

function hostAnswers(parts: AnswerParts): HostAnswers {
  const { database, nodes, sessions, keys, prompts, root } = parts;
  return new Map([
    ...dataAnswers(new PluginData(database, sessionStorage)),
    ...keyAnswers(keys, new Passkeys(root, prompts)),
    ...sealingAnswers(new Sealing(storedSealingKeys(database))),
    ...sessionAnswers(sessions),
    ...httpAnswers(nodes),
    ...promptAnswers(prompts),
  ]);
}

/** What a call has decided is carried out by the same functions that it could have asked. */
async function applyEffects(
  answers: HostAnswers,
  effects: readonly EffectRow[],
  app: AccountName,
): Promise<void> {
  for (const { host, method, args } of effects) {
    const answer = await answerAsk(answers, { host, method, args }, app);
    if (!answer.ok) authorLog(host, `${method} was not carried out: ${answer.message}`);
  }
}
