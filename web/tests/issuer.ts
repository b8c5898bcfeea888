/** A real OpenID Connect issuer, oidc-provider, for the people and the programs of a test. */
import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateKeyPairSync } from 'node:crypto';
import Provider, { type Configuration, type JWK } from 'oidc-provider';

/** For whom access tokens are. */
export const AUDIENCE = 'https://sluice.test/api';

const key = (kid: string): JWK => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' } as JWK;
};

export class Issuer {
  /** How often its keys were asked for. */
  keysAsked = 0;
  /** Answers 500 to everything. */
  broken = false;

  private constructor(
    readonly url: string,
    private readonly server: HttpServer,
    private provider: Provider,
    private readonly redirect: string,
  ) {}

  static async create(redirect: string): Promise<Issuer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://localhost:${(server.address() as AddressInfo).port}`;
    const issuer = new Issuer(url, server, provider(url, redirect, [key('one')]), redirect);
    server.on('request', (request, response) => {
      if (request.url?.startsWith('/jwks')) issuer.keysAsked += 1;
      if (issuer.broken) return void response.writeHead(500).end();
      void issuer.provider.callback()(request, response);
    });
    return issuer;
  }

  /** Signs with another key from now on. */
  rotate() {
    this.provider = provider(this.url, this.redirect, [key('two')]);
  }

  /** A token of a program, for an audience. */
  async token(audience = AUDIENCE): Promise<string> {
    const answer = await fetch(`${this.url}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('program:secret-of-a-program').toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource: audience }),
    });
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  end() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

function provider(url: string, redirect: string, keys: JWK[]): Provider {
  const configuration: Configuration = {
    clients: [
      {
        client_id: 'sluice',
        client_secret: 'secret-of-sluice',
        redirect_uris: [redirect],
        grant_types: ['authorization_code'],
      },
      {
        client_id: 'program',
        client_secret: 'secret-of-a-program',
        redirect_uris: [],
        response_types: [],
        grant_types: ['client_credentials'],
      },
    ],
    jwks: { keys },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    // The token of a sign-in tells all that was asked for.
    conformIdTokenClaims: false,
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        email: `${id}@example.org`,
        email_verified: id !== 'unverified',
        name: `${id} of the issuer`,
      }),
    }),
    features: {
      devInteractions: { enabled: true },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined as unknown as string,
        useGrantedResource: () => true,
        getResourceServerInfo: (_, resource) => ({
          scope: '',
          audience: resource,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    pkce: { required: () => true },
    cookies: { keys: ['a key of a test'] },
  };
  const made = new Provider(url, configuration);
  made.on('server_error', (_, error) => console.error(error));
  return made;
}
