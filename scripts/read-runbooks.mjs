// Reads the runbooks as trees of what they have, so that a page can show them without HTML and without a parser.
import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { marked } from 'marked';

const folder = fileURLToPath(new URL('../observability/runbooks/', import.meta.url));

/**
 * The runbooks by the names of their alerts. A block is `[kind, content]`: a heading or a paragraph has inlines, a list has
 * items of inlines. An inline is a text, or `[kind, text]`; a link is `['link', text, target]`.
 */
export async function readRunbooks() {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.md'));
  return Object.fromEntries(
    await Promise.all(
      files.map(async (file) => [
        basename(file, '.md'),
        marked.lexer(await readFile(folder + file, 'utf8')).flatMap((token) => blockOf(token, file)),
      ]),
    ),
  );
}

function blockOf(token, file) {
  switch (token.type) {
    case 'space':
      return [];
    case 'heading':
      // The first one is the name of the alert.
      return token.depth === 1 ? [] : [['heading', inlinesOf(token.tokens, file)]];
    case 'paragraph':
      return [['paragraph', inlinesOf(token.tokens, file)]];
    case 'list':
      return [
        [
          token.ordered ? 'steps' : 'list',
          token.items.map(({ tokens }) =>
            inlinesOf(
              tokens.flatMap((text) => text.tokens),
              file,
            ),
          ),
        ],
      ];
    default:
      throw new Error(`${file} has a ${token.type}, which the console does not show: ${token.raw}`);
  }
}

function inlinesOf(tokens, file) {
  return tokens.map((token) => {
    switch (token.type) {
      case 'text':
      case 'escape':
        return token.text;
      case 'codespan':
        return ['code', token.text];
      case 'em':
      case 'strong':
        return ['emphasis', token.text];
      case 'link':
        return ['link', token.text, token.href];
      default:
        throw new Error(`${file} has a ${token.type}, which the console does not show: ${token.raw}`);
    }
  });
}
