export const snakeCase = (camel: string): string => camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export const camelCase = (snake: string): string =>
  snake.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

export const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

export const upperFirst = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

export const kebabCase = (name: string): string =>
  lowerFirst(name).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export const upperSnakeCase = (name: string): string => snakeCase(lowerFirst(name)).toUpperCase();

export const isReversible = (name: string): boolean =>
  /^[a-z][A-Za-z0-9]*$/.test(name) && camelCase(snakeCase(name)) === name;
