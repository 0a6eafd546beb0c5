import { createLocalJWKSet, type JWTPayload, jwtVerify } from 'jose';

const { JWT_ISSUER = '', JWT_AUDIENCE = '', JWT_JWKS = '' } = process.env;
const keys = createLocalJWKSet(JSON.parse(JWT_JWKS));

/** Verifies a token of the issuer in the environment. @throws {Error} where it is not valid */
export async function verifyToken(token: string): Promise<JWTPayload> {
  const options = { issuer: JWT_ISSUER, audience: JWT_AUDIENCE, algorithms: ['ES256'] };
  return (await jwtVerify(token, keys, options)).payload;
}
