"""How the bundled model 'postcard' is made: drawn pictures, their captions, the trainers, the evaluation."""
