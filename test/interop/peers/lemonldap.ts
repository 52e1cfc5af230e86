// LemonLDAP::NG 2.16 as a company's OpenID provider: its portal under starman, its demonstration accounts replaced by ours.
// https://lemonldap-ng.org/documentation/2.0/idpopenidconnect.html
import { createPublicKey } from 'node:crypto'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import type { TestPerson } from '../people.ts'
import { webAccount } from './apache.ts'
import { newKeyPair } from './key-pair.ts'
import type { Stage } from './run.ts'

const NAME = 'lemonldap'
const CLIENT = 'gwanmun'
const secret = 'interop-secret-at-lemonldap'

type At = (file: string) => string
type Client = { readonly redirectUris: readonly string[]; readonly postLogoutRedirectUris: readonly string[] }

const storage = (folder: string) => ({
  Directory: folder,
  LockDirectory: join(folder, 'lock'),
  generateModule: 'Lemonldap::NG::Common::Apache::Session::Generate::SHA256',
})

/** `rp` names our client in every table of options. */
const clientOptions = ({ redirectUris, postLogoutRedirectUris }: Client) => ({
  oidcRPMetaDataOptions: {
    rp: {
      oidcRPMetaDataOptionsClientID: CLIENT,
      oidcRPMetaDataOptionsClientSecret: secret,
      oidcRPMetaDataOptionsRedirectUris: redirectUris.join(' '),
      oidcRPMetaDataOptionsPostLogoutRedirectUris: postLogoutRedirectUris.join(' '),
      oidcRPMetaDataOptionsIDTokenSignAlg: 'RS256',
      oidcRPMetaDataOptionsBypassConsent: 1,
      oidcRPMetaDataOptionsLogoutBypassConfirm: 1,
      oidcRPMetaDataOptionsUserIDAttr: 'uid',
    },
  },
  oidcRPMetaDataExportedVars: {
    rp: { name: 'cn', email: 'mail', preferred_username: 'uid', groups: 'groups;string;always' },
  },
  oidcRPMetaDataOptionsExtraClaims: { rp: { groups: 'groups' } },
})

const configuration = (at: At, port: number, key: { keyPem: string; certificatePem: string }, client: Client) => ({
  cfgNum: 1,
  cfgVersion: '2.16.1',
  cfgAuthor: 'interop',
  cfgDate: '1',
  authentication: 'Demo',
  userDB: 'Same',
  passwordDB: 'Null',
  registerDB: 'Null',
  portal: `http://127.0.0.1:${port}/`,
  domain: '127.0.0.1',
  cookieName: `llng${port}`,
  securedCookie: 0,
  sameSite: 'Lax',
  trustedDomains: '*',
  portalSkin: 'bootstrap',
  portalDisplayRegister: 0,
  portalDisplayResetPassword: 0,
  demoExportedVars: { uid: 'uid', cn: 'cn', mail: 'mail' },
  exportedVars: {},
  macros: { _whatToTrace: '$uid' },
  whatToTrace: '_whatToTrace',
  groups: {},
  locationRules: { '127.0.0.1': { default: 'accept' } },
  globalStorage: 'Apache::Session::File',
  globalStorageOptions: storage(at('sessions')),
  persistentStorage: 'Apache::Session::File',
  persistentStorageOptions: storage(at('psessions')),
  localSessionStorage: 'Cache::FileCache',
  localSessionStorageOptions: {
    namespace: 'sessions',
    default_expires_in: 600,
    cache_root: at('cache'),
    cache_depth: 3,
    directory_umask: '007',
  },
  timeout: 72000,
  key: '0123456789abcdef',
  issuerDBOpenIDConnectActivation: 1,
  oidcServiceMetaDataIssuer: `http://127.0.0.1:${port}`,
  oidcServiceAllowAuthorizationCodeFlow: 1,
  oidcServicePrivateKeySig: key.keyPem,
  oidcServicePublicKeySig: createPublicKey(key.certificatePem).export({ type: 'spki', format: 'pem' }),
  oidcServiceKeyIdSig: 'llng-1',
  oidcServiceMetaDataAuthnContext: { 'loa-1': 1, 'loa-2': 2, 'loa-3': 3 },
  ...clientOptions(client),
})

const ini = (at: At): string => `[all]
logger = Lemonldap::NG::Common::Logger::Std
userLogger = Lemonldap::NG::Common::Logger::Std
logLevel = info
[configuration]
type = File
dirName = ${at('conf')}
localStorage = Cache::FileCache
localStorageOptions = { 'namespace' => 'configuration', 'default_expires_in' => 600, 'directory_umask' => '007', 'cache_root' => '${at('cache')}', 'cache_depth' => 3 }
[portal]
staticPrefix = /static
templateDir = /usr/share/lemonldap-ng/portal/templates
languages = en
`

/** The Demo back end knows three people whose passwords are their names: both are replaced while the program is loaded. */
const psgi = (at: At): string => `use strict;
use JSON;
use Plack::Builder;
use Lemonldap::NG::Portal::Main;
use Lemonldap::NG::Portal::Auth::Demo;
use Lemonldap::NG::Portal::UserDB::Demo;
use Lemonldap::NG::Portal::Main::Constants qw(PE_OK PE_BADCREDENTIALS);

open my $file, '<:raw', '${at('people.json')}' or die $!;
my $people = from_json(do { local $/; <$file> });
my (%passwords, %members);
%Lemonldap::NG::Portal::UserDB::Demo::demoAccounts = ();
for my $person (@$people) {
  my $uid = $person->{username};
  $passwords{$uid} = $person->{password};
  $Lemonldap::NG::Portal::UserDB::Demo::demoAccounts{$uid} = { uid => $uid, cn => $person->{name}, mail => $person->{email} };
  push @{ $members{$_} }, $uid for @{ $person->{groups} };
}
%Lemonldap::NG::Portal::UserDB::Demo::demoGroups = %members;
{
  no warnings 'redefine';
  *Lemonldap::NG::Portal::Auth::Demo::authenticate = sub {
    my ($self, $request) = @_;
    return ($passwords{ $request->{user} } // '') eq $request->data->{password} ? PE_OK : PE_BADCREDENTIALS;
  };
}
my $portal = Lemonldap::NG::Portal::Main->run({ configStorage => { confFile => '${at('lemonldap-ng.ini')}' } });
builder {
  enable 'Static', path => qr{^/static/}, root => '/usr/share/lemonldap-ng/portal/htdocs';
  enable 'Static', path => sub { s{^/javascript/}{} }, root => '/usr/share/javascript';
  $portal;
};
`

export const newLemonldap = async (stage: Stage, people: readonly TestPerson[]) => {
  const port = stage.port()
  const issuer = `http://127.0.0.1:${port}`
  const at: At = (file) => join(stage.dir, NAME, file)
  const key = await newKeyPair('lemonldap')
  return {
    issuer,
    trust: { issuer, clientId: CLIENT, clientSecret: { literal: secret } },
    start: async (client: Client) => {
      for (const folder of ['sessions', 'sessions/lock', 'psessions', 'psessions/lock', 'cache'])
        stage.folder(`${NAME}/${folder}`)
      stage.write(`${NAME}/people.json`, JSON.stringify(people))
      stage.write(`${NAME}/conf/lmConf-1.json`, JSON.stringify(configuration(at, port, key, client)))
      stage.write(`${NAME}/lemonldap-ng.ini`, ini(at))
      const account = webAccount ? ['--user', webAccount.user, '--group', webAccount.group] : []
      await stage.start({
        name: NAME,
        command: '/usr/bin/starman',
        args: [
          '--listen',
          `127.0.0.1:${port}`,
          '--workers',
          '2',
          ...account,
          stage.write(`${NAME}/app.psgi`, psgi(at)),
        ],
        readyUrl: `${issuer}/`,
        withinSeconds: 60,
      })
    },
  }
}

export const signInAtLemonldap = async (page: Page, person: TestPerson): Promise<void> => {
  await page.locator('input[name="user"]').fill(person.username)
  await page.locator('input[name="password"]').fill(person.password)
  await page.keyboard.press('Enter')
}
