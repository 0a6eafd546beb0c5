const PLACEHOLDER = /⟪(\w+):([\w.]+)⟫/g;
/** Indentation and dashes, then a key, then a value. */
const LINE = /^((?: |- )*)([\w./-]+: )?(.*)$/;
const WHOLE = /^⟪(\w+):([\w.]+)⟫$/;

/** A template of the chart, of the YAML of an object with placeholders. */
export function templateOf(yaml: string): string {
  if (yaml.includes('{{')) throw new Error('The chart has no way to write {{ as text');
  return yaml
    .split('\n')
    .map((line) => (line.includes('⟪') ? templateLine(line) : line))
    .join('\n');
}

function templateLine(line: string): string {
  const [, indentation = '', key = '', value = ''] = LINE.exec(line) ?? [];
  const [, kind, path = ''] = WHOLE.exec(value) ?? [];
  const inner = indentation.length + 2;
  const spaces = ' '.repeat(indentation.length);
  switch (kind) {
    case 'text':
      return `${indentation}${key}{{ .Values.${path} | quote }}`;
    case 'number':
      return `${indentation}${key}{{ .Values.${path} | int }}`;
    case 'release':
      return `${indentation}${key}{{ .Release.${path} }}`;
    case 'block':
      return `${indentation}${key.trimEnd()}\n${spaces}  {{- toYaml .Values.${path} | nindent ${inner} }}`;
    case 'optional':
      if (indentation !== spaces)
        throw new Error(`${key} is optional, so it cannot begin an element of a list`);
      return [
        `${spaces}{{- with .Values.${path} }}`,
        `${spaces}${key.trimEnd()}`,
        `${spaces}  {{- toYaml . | nindent ${inner} }}`,
        `${spaces}{{- end }}`,
      ].join('\n');
    case 'env':
      return [
        `${indentation}${key.trimEnd()}`,
        `${spaces}  {{- range $name, $value := .Values.${path} }}`,
        `${spaces}  - name: {{ $name }}`,
        `${spaces}    value: {{ $value | quote }}`,
        `${spaces}  {{- end }}`,
      ].join('\n');
    default:
      return `${indentation}${key}"${value.replaceAll(PLACEHOLDER, '{{ .Values.$2 }}')}"`;
  }
}
