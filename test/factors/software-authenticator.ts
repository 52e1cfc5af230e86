// An authenticator in software (W3C Web Authentication Level 3 §6): makes real keys, attestation `none` and real assertion signatures,
// and lies on demand. Knows nothing of the code under test.
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

type Cbor = number | string | Buffer | ReadonlyMap<number | string, Cbor>

const head = (major: number, n: number): Buffer =>
  n < 24
    ? Buffer.from([(major << 5) | n])
    : n < 256
      ? Buffer.from([(major << 5) | 24, n])
      : Buffer.from([(major << 5) | 25, n >> 8, n & 255])

export const cbor = (x: Cbor): Buffer => {
  if (typeof x === 'number') return x < 0 ? head(1, -1 - x) : head(0, x)
  if (typeof x === 'string') return Buffer.concat([head(3, Buffer.byteLength(x)), Buffer.from(x)])
  if (Buffer.isBuffer(x)) return Buffer.concat([head(2, x.length), x])
  return Buffer.concat([head(5, x.size), ...[...x].flatMap(([key, value]) => [cbor(key), cbor(value)])])
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
const sha256 = (x: string | Buffer): Buffer => createHash('sha256').update(x).digest()

export const FLAGS = { UP: 1, UV: 4, BE: 8, BS: 16, AT: 64 } as const
export type Algorithm = 'ES256' | 'EdDSA' | 'RS256' | 'ES384'

const pairOf = (alg: Algorithm): { publicKey: KeyObject; privateKey: KeyObject } =>
  alg === 'EdDSA'
    ? generateKeyPairSync('ed25519')
    : alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: alg === 'ES256' ? 'P-256' : 'P-384' })

/** RFC 9052 §7, RFC 9053 §2 and §7. */
const coseOf = (alg: Algorithm, key: KeyObject): ReadonlyMap<number, Cbor> => {
  const jwk = key.export({ format: 'jwk' })
  const part = (name: 'x' | 'y' | 'n' | 'e') => Buffer.from(jwk[name] ?? '', 'base64url')
  if (alg === 'EdDSA')
    return new Map<number, Cbor>([
      [1, 1],
      [3, -8],
      [-1, 6],
      [-2, part('x')],
    ])
  if (alg === 'RS256')
    return new Map<number, Cbor>([
      [1, 3],
      [3, -257],
      [-1, part('n')],
      [-2, part('e')],
    ])
  const [id, curve] = alg === 'ES256' ? [-7, 1] : [-35, 2]
  return new Map<number, Cbor>([
    [1, 2],
    [3, id],
    [-1, curve],
    [-2, part('x')],
    [-3, part('y')],
  ])
}

/** What the browser and the authenticator say; every field may be a lie. */
export type Said = {
  readonly challenge: string
  readonly origin: string
  readonly rpId: string
  readonly type?: string
  readonly crossOrigin?: boolean
  readonly topOrigin?: string
  readonly flags?: number
  readonly counter?: number
  readonly trailing?: Buffer
}

const clientData = (said: Said, type: string): Buffer =>
  Buffer.from(
    JSON.stringify({
      type: said.type ?? type,
      challenge: said.challenge,
      origin: said.origin,
      crossOrigin: said.crossOrigin ?? false,
      ...(said.topOrigin === undefined ? {} : { topOrigin: said.topOrigin }),
    }),
  )
const authenticatorData = (said: Said, flags: number, attested: Buffer): Buffer => {
  const counter = Buffer.alloc(4)
  counter.writeUInt32BE(said.counter ?? 0)
  return Buffer.concat([sha256(said.rpId), Buffer.from([flags]), counter, attested, said.trailing ?? Buffer.alloc(0)])
}

export const softwareAuthenticator = (alg: Algorithm = 'ES256') => {
  const id = randomBytes(32)
  const { publicKey, privateKey } = pairOf(alg)
  const common = { id: text(id), rawId: text(id), type: 'public-key', clientExtensionResults: {} }
  return {
    id: text(id),
    register: (said: Said) => {
      const flags = (said.flags ?? FLAGS.UP | FLAGS.UV) | FLAGS.AT
      const size = Buffer.from([id.length >> 8, id.length & 255])
      const attested = Buffer.concat([Buffer.alloc(16), size, id, cbor(coseOf(alg, publicKey))])
      const object = new Map<string, Cbor>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authenticatorData(said, flags, attested)],
      ])
      return {
        ...common,
        response: {
          clientDataJSON: text(clientData(said, 'webauthn.create')),
          attestationObject: text(cbor(object)),
          transports: ['usb', 'nfc'],
        },
      }
    },
    assert: (said: Said, userHandle?: string) => {
      const data = authenticatorData(said, said.flags ?? FLAGS.UP | FLAGS.UV, Buffer.alloc(0))
      const json = clientData(said, 'webauthn.get')
      const signed = Buffer.concat([data, sha256(json)])
      return {
        ...common,
        response: {
          clientDataJSON: text(json),
          authenticatorData: text(data),
          signature: text(sign(alg === 'EdDSA' ? null : 'sha256', signed, privateKey)),
          ...(userHandle === undefined ? {} : { userHandle }),
        },
      }
    },
  }
}
