"""Workers: Keras Tuner's chief and workers as processes, looked after."""
