import { afterEach, beforeEach } from 'vitest';
import { type Operator, openOperator } from '../../src/operator/operator.ts';
import type { Backend } from './backends.ts';

/** An operator beside the store, over connections of its own; a new one for each test, since it keeps what it has counted. */
export function useOperator(backend: () => Backend): () => Operator {
  let operator: Operator | undefined;
  beforeEach(async () => {
    operator = await openOperator(backend().place);
  });
  afterEach(() => operator?.close());
  return () => operator!;
}
