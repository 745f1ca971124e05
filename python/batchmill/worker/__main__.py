"""Entry point of ``python -m batchmill.worker``.

Guarded, because ``multiprocessing`` imports the main module again in processes that it spawns.
"""

if __name__ == "__main__":
    from batchmill.worker.session import main

    main()
