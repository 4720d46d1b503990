// What the stage shows before the first picture: what to do, and examples to click.

function showExamples() {
  const examples = (props.value ?? {}).examples ?? [];
  const buttons = examples.map(({ name, prompt }) =>
    make("button", {
      type: "button",
      className: "quiet",
      textContent: name,
      title: prompt,
      onclick: () => window.darkroom.fill({ fields: { prompt } }),
      attributes: { "data-testid": "example" },
    }),
  );
  part("examples").replaceChildren(...buttons);
}
