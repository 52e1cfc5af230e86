// Defined tags: what administrators mark compartments, groups and resources with, so that policies can speak of kinds instead of names.

/** `namespace.key`, lower case → value as written. Values compare without case. At most 64 per row, each at most 256 characters. */
export type Tags = { readonly [key: string]: string }
