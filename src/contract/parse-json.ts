const byteOrderMark = '\ufeff';

/** RFC 8259 allows readers to ignore a byte order mark. */
export const withoutByteOrderMark = (text: string): string => (text.startsWith(byteOrderMark) ? text.slice(1) : text);

export const parseJson = (text: string): unknown => JSON.parse(withoutByteOrderMark(text));
