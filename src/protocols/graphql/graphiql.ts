const cdn = 'https://unpkg.com';

/** The last GraphiQL that needs no build; the hashes are those of the npm packages. */
const assets = {
  style: {
    url: `${cdn}/graphiql@3.8.3/graphiql.min.css`,
    integrity: 'sha384-Mq3vbRBY71jfjQAt/DcjxUIYY33ksal4cgdRt9U/hNPvHBCaT2JfJ/PTRiPKf0aM',
  },
  scripts: [
    {
      url: `${cdn}/react@18.3.1/umd/react.production.min.js`,
      integrity: 'sha384-DGyLxAyjq0f9SPpVevD6IgztCFlnMF6oW/XQGmfe+IsZ8TqEiDrcHkMLKI6fiB/Z',
    },
    {
      url: `${cdn}/react-dom@18.3.1/umd/react-dom.production.min.js`,
      integrity: 'sha384-gTGxhz21lVGYNMcdJOyq01Edg0jhn/c22nsx0kyqP0TxaV5WVdsSH1fSDUf5YJj1',
    },
    {
      url: `${cdn}/graphiql@3.8.3/graphiql.min.js`,
      integrity: 'sha384-HbRVEFG0JGJZeAHCJ9Xm2+tpknBQ7QZmNlO/DgZtkZ0aJSypT96YYGRNod99l9Ie',
    },
  ],
};

const script = ({ url, integrity }: { url: string; integrity: string }): string =>
  `<script src="${url}" integrity="${integrity}" crossorigin="anonymous"></script>`;

/** The page of GraphiQL for the GraphQL at `path`. Headers, the token among them, are typed in its editor. */
export const graphiqlPage = (path: string): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="robots" content="noindex">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>GraphiQL</title>
    <link rel="stylesheet" href="${assets.style.url}" integrity="${assets.style.integrity}" crossorigin="anonymous">
    <style>body { margin: 0 } #graphiql { height: 100vh }</style>
  </head>
  <body>
    <div id="graphiql">GraphiQL is loaded from ${cdn}.</div>
    ${assets.scripts.map(script).join('\n    ')}
    <script>
      const fetcher = GraphiQL.createFetcher({ url: '${path}' });
      const page = React.createElement(GraphiQL, { fetcher, defaultEditorToolsVisibility: 'headers' });
      ReactDOM.createRoot(document.getElementById('graphiql')).render(page);
    </script>
  </body>
</html>
`;
