// A branch on its way: what is painted is brought to the server, the job is asked for and followed, and when it is done
// the new walk stands beside its parent.

class BranchWalk {
  constructor(form) {
    this.form = form;
    this.stopping = null; // the AbortController of the branch that is being walked
    part("branch-stop").onclick = () => this.stopping?.abort();
  }

  get walking() {
    return this.stopping !== null;
  }

  async begin() {
    const { form } = this;
    if (this.walking || !form.base || form.atEnd) return;
    const parent = { recording: desk.recording, row: desk.picture, position: desk.position };
    const resumed = form.differences().length === 0;
    form.clearErrors();
    this.stopping = new AbortController();
    this.showProgress("sending", 0);
    try {
      const request = await this.completed(form.request());
      const { signal } = this.stopping;
      const made = await window.darkroom.makePicture(request, { onNews: (...news) => this.showProgress(...news), signal });
      await this.arrived(made, parent, resumed);
    } catch (problem) {
      if (this.stopping.signal.aborted) this.announce("The branch was stopped.");
      else form.showError(problem);
    } finally {
      this.stopping = null;
      this.hideProgress();
      form.showChanges();
    }
  }

  /** The request with the ids of what is painted. */
  async completed(request) {
    const { painting } = this.form;
    const address = painting.wanted;
    const [painted, mask] = [await painting.uploadPainting(address), await painting.uploadMask()];
    const start = { ...request.start, painting: painted };
    return mask ? { ...request, start, mask: { picture: mask } } : { ...request, start };
  }

  async arrived({ url, trajectory, row }, parent, resumed) {
    if (!trajectory) {
      const hint = "Recording may be switched off in the settings, or the disk may be full. The picture is in the gallery.";
      return panelMessage(part("branch-notes"), { kind: "warning", message: "The branch is done, but was not recorded.", hint });
    }
    const told = { ...(await BranchWalk.outcome(url, parent, resumed)), ways: this.waysOn(trajectory, row, parent) };
    this.hideProgress(); // before anything is scrolled to
    panelMessage(part("branch-notes"), told);
    this.announce(told.message);
    if (desk.recording?.id !== parent.recording.id) return; // another walk was opened meanwhile
    await desk.reload();
    await familyTree.refresh();
    desk.moveTo(desk.last); // where the two differ most is where they ended
    await comparison.open({ id: trajectory, row });
  }

  static async outcome(url, { recording, row, position }, resumed) {
    if (!resumed) return { kind: "note", message: `The branch at step ${position} is done: it stands beside its parent under Compare.` };
    const own = recording.pictures.find((one) => one.row === row)?.url;
    const same = own ? await samePixels(own, url) : null;
    if (same === null) return { kind: "note", message: `Resumed from step ${position}.` };
    if (same) return { kind: "note", message: "Resumed: the same picture again, bit for bit." };
    const message = "Resumed, but the picture is not bit for bit the same.";
    const hint = "The recording comes from another device, precision or checkpoint: close, not identical.";
    return { kind: "warning", message, hint };
  }

  waysOn(trajectory, row, { recording, row: parentRow, position }) {
    const open = (id, picture, at) => () =>
      desk.open(id, { picture, position: at }).catch((problem) => panelMessage(part("branch-notes"), problem));
    return [
      { name: "Open the branch", take: open(trajectory, row, null) },
      {
        name: `Back to step ${position}`,
        take: () => (desk.recording?.id === recording.id ? desk.moveTo(position) : open(recording.id, parentRow, position)()),
      },
    ];
  }

  showProgress(words, share, event = null) {
    part("branch-progress").hidden = part("branch-stop").hidden = false;
    part("branch-button").disabled = part("branch-reset").hidden = true;
    part("branch-status").textContent = words;
    part("branch-fill").style.width = `${Math.round(100 * share)}%`;
    const preview = event?.previews?.[0];
    if (preview) part("branch-preview").src = preview;
    part("branch-preview").hidden = !part("branch-preview").hasAttribute("src");
  }

  hideProgress() {
    part("branch-progress").hidden = part("branch-stop").hidden = true;
    part("branch-preview").removeAttribute("src");
  }

  announce(words) {
    part("branch-announcer").textContent = words;
  }
}
