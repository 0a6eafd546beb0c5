type Constructor<E extends Element> = new () => E;

/** An element of the page by its id. @throws {Error} where the page has none of that kind */
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

/** Makes an element. Text is never read as HTML. */
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

/** Runs something when a button is pressed, by whatever means; the button takes no other press until that is done. */
export function onPress(button: HTMLElement, act: () => unknown): void {
  button.addEventListener('click', async () => {
    if (button.getAttribute('aria-busy') === 'true') return;
    button.setAttribute('aria-busy', 'true');
    try {
      await act();
    } finally {
      button.removeAttribute('aria-busy');
    }
  });
}

/** Scrolls to the end, unless the reader has scrolled away from it. */
export function keepAtEnd(scrolled: HTMLElement, change: () => void): void {
  const { scrollTop, scrollHeight, clientHeight } = scrolled;
  const wasAtEnd = scrollHeight - scrollTop - clientHeight < 24;
  change();
  if (wasAtEnd) scrolled.scrollTop = scrolled.scrollHeight;
}
