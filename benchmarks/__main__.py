"""Run every benchmark and print its figures. Nothing here is asserted: tests are never timed."""

from benchmarks import engine, proof, start

if __name__ == "__main__":
    engine.main()
    proof.main()
    start.main()
