import { WINDOW_NAMES } from '../operator/window.ts';
import type { Page } from './frame/page.ts';

/**
 * Shows the overview once for each window before anybody looks: the operator keeps what has ended, the doctor has looked
 * for once, and the code is compiled. On ten million rows that the server had not read yet, the first look at a week took
 * 1.3 s, and each further one 12 ms. A look that fails is nobody's trouble: whoever opens the page is told.
 */
export async function warmUp(pages: readonly Page[], stopped: AbortSignal): Promise<void> {
  const overview = pages.find(({ path }) => path === '/');
  for (const window of WINDOW_NAMES) {
    if (stopped.aborted) return;
    const query = new URLSearchParams({ window });
    const asked = { param: () => '', query, session: null, address: '' };
    await Promise.resolve(overview?.show(asked)).catch(() => undefined);
  }
}
