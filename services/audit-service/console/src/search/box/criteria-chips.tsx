import { Link } from '../../app/router.tsx';
import { Button } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { Code } from '../../ui/code.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import { type Criterion, parameterOf } from '../criteria.ts';
import type { Opened } from '../view.ts';

export interface CriteriaChipsProps {
  readonly criteria: readonly Criterion[];
  /** The stories of what was searched for. */
  readonly stories: readonly Opened[];
  readonly hrefOf: (opened: Opened) => string;
  readonly onRemove: (criterion: Criterion) => void;
  readonly onClear: () => void;
}

/** What a search asks for, each with a button that takes it away. */
export function CriteriaChips({ criteria, stories, hrefOf, onRemove, onClear }: CriteriaChipsProps) {
  if (criteria.length === 0) return null;
  return (
    <div className="criteria">
      <ul className="chips" aria-label="What is searched for">
        {criteria.map((one) => (
          <li key={`${parameterOf(one)} ${one.value}`}>
            <Chip
              label={labelOf(one)}
              removeLabel={`Remove ${labelOf(one)} ${visibleText(one.value)}`}
              onRemove={() => onRemove(one)}
            >
              {visibleText(one.value)}
            </Chip>
          </li>
        ))}
        {criteria.length > 1 && (
          <li>
            <Button kind="quiet" onClick={onClear}>
              Remove all
            </Button>
          </li>
        )}
      </ul>
      {stories.map((story) => (
        <Link key={`${story.kind} ${story.id}`} href={hrefOf(story)} className="story-link">
          Story of {story.kind} <Code>{story.id}</Code>
        </Link>
      ))}
    </div>
  );
}

function labelOf({ name, negated }: Criterion): string {
  const label = name === 'q' ? 'ticket, session, user or connection' : name.replace(/^attribute\./, '');
  return negated ? `not ${label}` : label;
}
