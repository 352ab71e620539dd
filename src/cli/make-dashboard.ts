import { packageVersion } from '../base/version.ts';
import { describeSettings } from '../config/describe.ts';
import type { LoadOptions } from '../config/load.ts';
import { createDashboard, type Dashboard, type DashboardOptions } from '../dashboard/dashboard.ts';
import { findAll } from './findings/find-all.ts';

/** The dashboard of these settings, with everything that it shows of this process. */
export function makeDashboard(
  loadOptions: LoadOptions,
  options: Pick<DashboardOptions, 'settings' | 'token' | 'breaker' | 'logger' | 'clock'>,
): Dashboard {
  return createDashboard({
    ...options,
    description: describeSettings(loadOptions),
    version: packageVersion(),
    examine: () => findAll(loadOptions),
  });
}
