// Addresses and ranges of them as people write them in files: `10.1.2.3`, `10.0.0.0/8`, `2001:db8::/32`.
import { isIP } from 'node:net'
import { z } from 'zod'

const isRange = (text: string): boolean => {
  const [address = '', bits, more] = text.split('/')
  const family = isIP(address)
  if (family === 0 || address.includes('%') || more !== undefined) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
}
export const networks = z
  .array(z.string().refine(isRange, 'expected an address or CIDR range such as `10.0.0.0/8`'))
  .default([])
