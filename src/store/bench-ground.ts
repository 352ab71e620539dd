import type { BenchGround } from './bench-place.ts';
import type { StoreSettings } from './open-store.ts';

/**
 * Looks at the server, and changes nothing. Throws AiIpcError: bench_refused for a server that takes no writes or is a
 * replica, database_denied, database_unavailable, storage_failed, ….
 */
export async function openBenchGround(settings: StoreSettings): Promise<BenchGround> {
  if (settings.kind === 'mariadb') {
    const { openBenchServer } = await import('./bench-server.ts');
    return await openBenchServer(settings);
  }
  const { openBenchFolder } = await import('./bench-folder.ts');
  return openBenchFolder(settings.file);
}
