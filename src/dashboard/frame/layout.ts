import { type Html, html, NOTHING } from './html.ts';
import type { Section, View } from './page.ts';
import type { Session } from './session.ts';

/** What stands around every page. */
export interface Frame {
  readonly version: string;
  /** As people know it; never with its password. */
  readonly database: string;
  /** Whether anybody can sign in at all. */
  readonly canSignIn: boolean;
}

interface Around extends Frame {
  readonly path: string;
  readonly session: Session | null;
}

const NAVIGATION: readonly (readonly [path: string, name: string])[] = [
  ['/', 'Overview'],
  ['/requests', 'Requests'],
  ['/npcs', 'NPCs'],
  ['/minds', 'Minds'],
  ['/doctor', 'Doctor'],
  ['/settings', 'Settings'],
  ['/audit', 'Audit'],
];

/** A whole page. */
export function layout({ title, sections }: View, around: Around): Html {
  const isLive = sections.some((section) => section.isLive);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – AI IPC</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/uplot.css">
<link rel="stylesheet" href="/assets/style.css">
<link rel="stylesheet" href="/assets/parts.css">
<script src="/assets/uplot.js" defer></script>
<script src="/assets/page.js" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<a class="brand" href="/">AI IPC</a>
<nav class="tabs" aria-label="Pages"><ul>${NAVIGATION.map((entry) => navigationLink(entry, around.path))}</ul></nav>
<div class="who">${isLive ? LIVE_SWITCH : ''}${signing(around)}</div>
</header>
<main id="main" tabindex="-1">
<h1>${title}</h1>
${sections.map(sectionOf)}
</main>
<footer>ai-ipc ${around.version} · ${around.database}</footer>
</body>
</html>`;
}

/** What changes by itself can be held (WCAG 2.2.2). Without its script nothing does, and the button stays hidden. */
const LIVE_SWITCH = html`<button type="button" id="live" class="live" aria-pressed="false" hidden>Hold</button><span id="live-state" class="quiet" role="status"></span>`;

function navigationLink([path, name]: readonly [string, string], current: string): Html {
  const isHere = path === '/' ? current === '/' : current === path || current.startsWith(`${path}/`);
  return html`<li><a href="${path}"${isHere ? html` aria-current="page"` : ''}>${name}</a></li>`;
}

function signing({ session, canSignIn, path }: Around): Html {
  if (session !== null)
    return html`<form method="post" action="/sign-out"><input type="hidden" name="form_key" value="${session.formKey}"><button class="plain">Sign out ${session.name}</button></form>`;
  if (!canSignIn) return html`<span class="quiet" title="No DASHBOARD_TOKEN is set.">read only</span>`;
  return html`<a href="/sign-in?to=${encodeURIComponent(path)}">Sign in</a>`;
}

function sectionOf({ id, content, isLive, isStill, isHalf }: Section): Html {
  const live = isLive ? html` data-live` : NOTHING;
  const still = isStill ? html` data-still` : NOTHING;
  const half = isHalf ? html` class="half"` : NOTHING;
  return html`<section id="${id}"${half}${live}${still}>${content}</section>
`;
}
