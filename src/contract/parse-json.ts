const byteOrderMark = '\ufeff';

/** What stands behind a byte order mark, which RFC 8259 lets a reader of JSON ignore. */
export const withoutByteOrderMark = (text: string): string => (text.startsWith(byteOrderMark) ? text.slice(1) : text);

/** `JSON.parse` for text of others. Throws SyntaxError. */
export const parseJson = (text: string): unknown => JSON.parse(withoutByteOrderMark(text));
