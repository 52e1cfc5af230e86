// How a name in a statement is written down as a key of its bindings. The text keeps the author's spelling; the key does not.
import type { Name, Principal } from './ast.ts'

/** A group named without a domain belongs to this one. */
export const DEFAULT_DOMAIN = 'default'

export const groupReference = (
  principal: Principal & { readonly kind: 'name' },
  kind: 'group' | 'dynamic-group' = 'group',
): string => `${kind}:${(principal.domain?.text ?? DEFAULT_DOMAIN).toLowerCase()}/${principal.name.text.toLowerCase()}`

export const compartmentReference = (path: readonly Name[]): string =>
  `compartment:${path.map((name) => name.text.toLowerCase().replaceAll('\\', '\\\\').replaceAll(':', '\\:')).join(':')}`
