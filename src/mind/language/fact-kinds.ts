/** What a player may tell of himself. */
export const FACT_KINDS = [
  'name',
  'class',
  'level',
  'home',
  'guild',
  'likes',
  'dislikes',
  'seeks',
  'plans',
] as const;

export type FactKind = (typeof FACT_KINDS)[number];
