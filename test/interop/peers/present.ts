// Which foreign programs are on this machine. Where one is missing its tests are skipped with the reason and the command that would
// change it; where a complete run is asked for (TEST_COMPLETE), a missing program is a failure.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { describe, test } from 'vitest'
import { browser } from '../../browser.ts'

const modules = '/usr/lib/apache2/modules'
const python = '/usr/bin/python3'

type Peer = { readonly title: string; readonly packages: string; readonly isHere: () => boolean }

const all =
  (...files: readonly string[]) =>
  (): boolean =>
    files.every((file) => existsSync(file))
const imports = (names: string) => (): boolean => spawnSync(python, ['-c', `import ${names}`]).status === 0

const peers = {
  browser: { title: 'Chromium', packages: 'chromium', isHere: () => browser !== undefined },
  modAuthOpenidc: {
    title: 'Apache mod_auth_openidc',
    packages: 'apache2 libapache2-mod-auth-openidc',
    isHere: all('/usr/sbin/apache2', `${modules}/mod_auth_openidc.so`),
  },
  mellon: {
    title: 'Apache mod_auth_mellon',
    packages: 'apache2 libapache2-mod-auth-mellon',
    isHere: all('/usr/sbin/apache2', `${modules}/mod_auth_mellon.so`),
  },
  shibboleth: {
    title: 'Shibboleth SP',
    packages: 'apache2 libapache2-mod-shib shibboleth-sp-utils',
    isHere: all('/usr/sbin/apache2', '/usr/sbin/shibd', `${modules}/mod_shib.so`),
  },
  simpleSamlPhp: {
    title: 'SimpleSAMLphp',
    packages: 'apache2 simplesamlphp libapache2-mod-php8.2 php-xml php-mbstring php-curl php-sqlite3',
    isHere: all('/usr/sbin/apache2', '/usr/share/simplesamlphp/www/index.php', `${modules}/libphp8.2.so`),
  },
  pysaml2: { title: 'pysaml2', packages: 'python3-pysaml2 python3-flask xmlsec1', isHere: imports('saml2, flask') },
  authlib: {
    title: 'Authlib',
    packages: 'python3-authlib python3-flask python3-requests',
    isHere: imports('authlib.integrations.flask_client'),
  },
  lemonldap: {
    title: 'LemonLDAP::NG',
    packages:
      'lemonldap-ng starman libplack-perl liblasso-perl libglib-perl libio-string-perl libxml-simple-perl libxml-libxml-perl ' +
      'libstring-random-perl libconvert-pem-perl libcrypt-openssl-rsa-perl libcrypt-openssl-x509-perl libmime-tools-perl',
    isHere: all('/usr/bin/starman', '/usr/share/lemonldap-ng/portal/templates'),
  },
  glewlwyd: {
    title: 'Glewlwyd',
    packages: 'glewlwyd sqlite3',
    isHere: all('/usr/bin/glewlwyd', '/usr/bin/sqlite3', '/usr/share/glewlwyd/webapp'),
  },
} as const satisfies { readonly [name: string]: Peer }

/** A suite that needs real programs (and always a browser). */
export const withPeers = (title: string, needed: readonly (keyof typeof peers)[], suite: () => void): void => {
  const missing = (['browser', ...needed] as const).map((name) => peers[name]).filter((peer) => !peer.isHere())
  if (missing.length === 0) {
    describe(title, suite)
    return
  }
  const why = `${missing.map((p) => p.title).join(' and ')} missing: apt-get install -y --no-install-recommends ${missing.map((p) => p.packages).join(' ')}`
  if (process.env.TEST_COMPLETE === '1') {
    test(title, () => {
      throw new Error(why)
    })
    return
  }
  console.warn(`skipped: ${title} (${why})`)
  describe.skip(`${title} (skipped: ${why})`, suite)
}
