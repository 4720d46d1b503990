// Joins the panels that take a step up again and lay walks beside each other.

const familyTree = new FamilyTree();
const comparison = new Comparison();
const branchForm = new BranchForm();
