import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { stopAll } from "./processes.ts";

export type StaticServer = { readonly port: number; readonly stop: () => Promise<void> };

/** One worker, as one node is one process; logging off, which is the fastest that nginx does. */
export async function startNginx(
  folder: string,
  port: number,
  files: Readonly<Record<string, Uint8Array>>,
): Promise<StaticServer> {
  const root = join(folder, "nginx");
  mkdirSync(join(root, "html"), { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(root, "html", name), content);
  }
  const config = join(root, "nginx.conf");
  writeFileSync(config, configuration(root, port));
  const server = spawn("nginx", ["-c", config, "-p", root], { stdio: "ignore" });
  const giveUpAt = performance.now() + 5000;
  while (!(await answers(port))) {
    if (performance.now() > giveUpAt) throw new Error("nginx does not answer");
    await Bun.sleep(50);
  }
  return { port, stop: () => stopAll([server]) };
}

function configuration(root: string, port: number): string {
  return `
daemon off;
worker_processes 1;
pid ${root}/nginx.pid;
error_log ${root}/error.log;
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  open_file_cache max=100;
  keepalive_requests 1000000;
  types { text/javascript js; }
  client_body_temp_path ${root}/body;
  proxy_temp_path ${root}/proxy;
  fastcgi_temp_path ${root}/fastcgi;
  uwsgi_temp_path ${root}/uwsgi;
  scgi_temp_path ${root}/scgi;
  server { listen 127.0.0.1:${port}; root ${root}/html; }
}
`;
}

async function answers(port: number): Promise<boolean> {
  try {
    await fetch(`http://127.0.0.1:${port}/`);
    return true;
  } catch {
    return false;
  }
}
