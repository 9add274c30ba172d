package team

// PlanAnswers are the words that a prompt offers as links under each thing that was planned: behind its number they say what became of it.
func PlanAnswers() []string { return []string{"done", "moved", "dropped"} }
