"""How alerts reach people: `deliver` names the stages in their order."""
