import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Hono } from 'hono';
import type { DashboardEnv } from './page.ts';

const packages = createRequire(import.meta.url);
/** As far up from src/dashboard/frame as from dist/dashboard/frame. */
const own = (name: string) => fileURLToPath(new URL(`../../../dashboard/${name}`, import.meta.url));

const SCRIPT = 'text/javascript; charset=utf-8';
const STYLE = 'text/css; charset=utf-8';

/** Everything that a page loads, and nothing else: names are never paths. */
const ASSETS: Readonly<Record<string, { readonly type: string; readonly path: () => string }>> = {
  'page.js': { type: SCRIPT, path: () => own('page.js') },
  'style.css': { type: STYLE, path: () => own('style.css') },
  'parts.css': { type: STYLE, path: () => own('parts.css') },
  'icon.svg': { type: 'image/svg+xml', path: () => own('icon.svg') },
  'uplot.js': { type: SCRIPT, path: () => packages.resolve('uplot/dist/uPlot.iife.min.js') },
  'uplot.css': { type: STYLE, path: () => packages.resolve('uplot/dist/uPlot.min.css') },
};

interface Loaded {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly tag: string;
}

export function addAssets(app: Hono<DashboardEnv>): void {
  const loaded = new Map<string, Promise<Loaded>>();
  app.get('/assets/:name', async (context) => {
    const name = context.req.param('name');
    const asset = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined;
    if (asset === undefined) return context.text('There is no such file.', 404);
    const loading = loaded.get(name) ?? load(asset.path());
    loaded.set(name, loading);
    const { bytes, tag } = await loading;
    // Asked anew each time: after an update nobody sees the old page with the new style.
    const headers = { ETag: tag, 'Cache-Control': 'no-cache' };
    if (context.req.header('If-None-Match') === tag) return context.body(null, 304, headers);
    return context.body(bytes, 200, { ...headers, 'Content-Type': asset.type });
  });
}

async function load(path: string): Promise<Loaded> {
  const bytes = new Uint8Array(await readFile(path));
  return { bytes, tag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"` };
}
