type Constructor<E extends Element> = new () => E;

/** Returns an element by its id. @throws {Error} if the page has no such element of that class */
export function byId<E extends Element = HTMLElement>(
  id: string,
  kind: Constructor<E> = HTMLElement as unknown as Constructor<E>,
): E {
  const element = document.getElementById(id);
  if (element instanceof kind) return element;
  throw new Error(`the page has no ${kind.name} with the id ${id}`);
}

interface Attributes {
  readonly className?: string;
  readonly [attribute: string]: string | undefined;
}

/** Creates an element. Strings become text, never HTML. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  { className = '', ...attributes }: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  if (className !== '') element.className = className;
  for (const [attribute, value] of Object.entries(attributes))
    if (value !== undefined) element.setAttribute(attribute, value);
  element.append(...children);
  return element;
}

/** Runs an action when a button is pressed. Until it is done, further presses are ignored. */
export function onPress(button: HTMLElement, action: () => unknown): void {
  button.addEventListener('click', async () => {
    if (button.getAttribute('aria-busy') === 'true') return;
    button.setAttribute('aria-busy', 'true');
    try {
      await action();
    } finally {
      button.removeAttribute('aria-busy');
    }
  });
}

/** Applies a change and scrolls to the end, unless the user has scrolled away from it. */
export function keepAtEnd(scrolled: HTMLElement, change: () => void): void {
  const { scrollTop, scrollHeight, clientHeight } = scrolled;
  const wasAtEnd = scrollHeight - scrollTop - clientHeight < 24;
  change();
  if (wasAtEnd) scrolled.scrollTop = scrolled.scrollHeight;
}
