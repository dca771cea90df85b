// The document of a mail frame: no script, no origin, nothing remote, one known style block.
import style from "./mail-frame.css?raw";

declare const __MAIL_FRAME_HASH__: string;

const policy = `default-src 'none'; style-src 'sha256-${__MAIL_FRAME_HASH__}'; img-src data:`;

/** A whole document around cleaned HTML. */
export function frameDocument(html: string, dark: boolean): string {
  return [
    `<!doctype html><html${dark ? ' data-theme="dark"' : ""}><head><meta charset="utf-8">`,
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    `<meta name="referrer" content="no-referrer"><style>${style.trim()}</style></head>`,
    `<body>${html}</body></html>`,
  ].join("");
}

const BLOCKS = "p,div,tr,li,br,h1,h2,h3,h4,h5,h6,blockquote,pre,hr";

/** How tall the frame should be, in rem: the frame cannot be measured from outside, so it is judged by
    its text, in a document where nothing loads or runs. */
export function guessHeight(html: string): number {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  const lines = body.textContent.length / 78 + body.querySelectorAll(BLOCKS).length;
  const images = body.querySelectorAll("img").length;
  return Math.round(Math.min(38, Math.max(6, 2 + lines * 1.35 + images * 10)));
}
