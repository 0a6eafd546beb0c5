/** In the place of Fastify's default compilers, which it requires where it is given no others. Ours are TypeBox's. */
module.exports = () => {
  throw new Error('Fastify was given no schemaController');
};
