// A journey as a small file: the same that the command line takes.

async function openPlan(file) {
  let told;
  try {
    told = JSON.parse(await file.text());
  } catch {
    throw { message: `${file.name} is no journey: it is not JSON.`, hint: "Open a file that was saved here." };
  }
  plan.load(told ?? {});
}

function savePlan() {
  const text = `${JSON.stringify(plan.document(), null, 2)}\n`;
  const link = make("a", { href: URL.createObjectURL(new Blob([text], { type: "application/json" })), download: "journey.json" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function joinFiles() {
  part("save").onclick = savePlan;
  part("open").addEventListener("change", ({ target }) => {
    const [file] = target.files;
    target.value = "";
    if (file) adding(() => openPlan(file));
  });
}
