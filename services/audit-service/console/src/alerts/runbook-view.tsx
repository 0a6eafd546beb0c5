import { Link, urlOf } from '../app/router.tsx';
import { alertOfLink, type Block, type Inline, searchOfCommand } from './runbook.ts';

/** A runbook. Its searches open in the console, and its links to other runbooks too. */
export function RunbookView({ blocks }: { readonly blocks: readonly Block[] }) {
  return (
    <div className="runbook-text">
      {blocks.map((block, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a runbook does not change
        <BlockView key={place} block={block} />
      ))}
    </div>
  );
}

function BlockView({ block: [kind, content] }: { readonly block: Block }) {
  switch (kind) {
    case 'heading':
      return (
        <h3>
          <Inlines of={content} />
        </h3>
      );
    case 'paragraph':
      return (
        <p>
          <Inlines of={content} />
        </p>
      );
    case 'steps':
    case 'list': {
      const List = kind === 'steps' ? 'ol' : 'ul';
      return (
        <List>
          {content.map((item, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a runbook does not change
            <li key={place}>
              <Inlines of={item} />
            </li>
          ))}
        </List>
      );
    }
    default:
      return kind satisfies never;
  }
}

function Inlines({ of }: { readonly of: readonly Inline[] }) {
  return of.map((inline, place) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: a runbook does not change
    typeof inline === 'string' ? inline : <InlineView key={place} inline={inline} />,
  );
}

function InlineView({ inline: [kind, text, target = ''] }: { readonly inline: Exclude<Inline, string> }) {
  switch (kind) {
    case 'code': {
      const search = searchOfCommand(text);
      const code = <code>{text}</code>;
      return search === null ? code : <Link href={urlOf('/search', search)}>{code}</Link>;
    }
    case 'emphasis':
      return <em>{text}</em>;
    case 'link': {
      const alert = alertOfLink(target);
      return alert === null ? <em>{text}</em> : <Link href={urlOf('/alerts', { alert })}>{text}</Link>;
    }
    default:
      return kind satisfies never;
  }
}
