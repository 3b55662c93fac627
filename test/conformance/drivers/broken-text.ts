/** Stands in an input for bytes that are no UTF-8. */
export const brokenText = '@@@';

const escaped = encodeURIComponent(brokenText);

/** As many bytes as the text, so that lengths before it still hold. */
export const breakText = (message: string | Buffer): Buffer =>
  Buffer.from(Buffer.from(message).toString('latin1').replace(brokenText, '\xff\xfe\xc3'), 'latin1');

export const breakUrl = (url: string): string => url.replace(escaped, '%FF%FE%C3');
