type FileKind = { readonly contentType: string; readonly compressible: boolean };

const text = (type: string): FileKind => ({
  contentType: `${type}; charset=utf-8`,
  compressible: true,
});
const packable = (contentType: string): FileKind => ({ contentType, compressible: true });
const packed = (contentType: string): FileKind => ({ contentType, compressible: false });

const kinds: Readonly<Record<string, FileKind>> = {
  avif: packed("image/avif"),
  bmp: packable("image/bmp"),
  cjs: text("text/javascript"),
  css: text("text/css"),
  csv: text("text/csv"),
  eot: packable("application/vnd.ms-fontobject"),
  gif: packed("image/gif"),
  gz: packed("application/gzip"),
  htm: text("text/html"),
  html: text("text/html"),
  ico: packable("image/x-icon"),
  jpeg: packed("image/jpeg"),
  jpg: packed("image/jpeg"),
  js: text("text/javascript"),
  json: packable("application/json"),
  jsonld: packable("application/ld+json"),
  map: packable("application/json"),
  md: text("text/markdown"),
  mjs: text("text/javascript"),
  mp3: packed("audio/mpeg"),
  mp4: packed("video/mp4"),
  oga: packed("audio/ogg"),
  ogg: packed("audio/ogg"),
  ogv: packed("video/ogg"),
  opus: packed("audio/ogg"),
  otf: packable("font/otf"),
  pdf: packed("application/pdf"),
  png: packed("image/png"),
  psi: packed("application/zip"),
  rss: packable("application/rss+xml"),
  svg: packable("image/svg+xml"),
  ttf: packable("font/ttf"),
  txt: text("text/plain"),
  wasm: packable("application/wasm"),
  wav: packable("audio/wav"),
  weba: packed("audio/webm"),
  webm: packed("video/webm"),
  webmanifest: packable("application/manifest+json"),
  webp: packed("image/webp"),
  woff: packed("font/woff"),
  woff2: packed("font/woff2"),
  xhtml: packable("application/xhtml+xml"),
  xml: packable("application/xml"),
  yaml: text("text/yaml"),
  yml: text("text/yaml"),
  zip: packed("application/zip"),
};

/** Files without an extension in a front-end's folder are notes: LICENSE, CNAME. */
const named: FileKind = text("text/plain");
const unknown: FileKind = packable("application/octet-stream");

export function fileKindOf(path: string): FileKind {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  if (dot <= 0) return named;
  return kinds[name.slice(dot + 1).toLowerCase()] ?? unknown;
}
