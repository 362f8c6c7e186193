"""Run every benchmark and print its figures. Nothing here is asserted: tests are never timed."""

from benchmarks import engine, matrix, proof, side_by_side, start, understanding, web

if __name__ == "__main__":
    engine.main()
    proof.main()
    start.main()
    understanding.main()
    side_by_side.main()
    web.main()
    matrix.main()
