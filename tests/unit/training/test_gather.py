import torch
import torch.multiprocessing as mp

from mimicgait.losses import TripletLoss
from mimicgait.training.gather import gather, world_size


def _work(rank, port, folder):
    import torch.distributed as dist

    dist.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=2)
    x, labels, weight = _problem()
    mine = slice(rank * 4, rank * 4 + 4)
    signatures = (x[mine] @ weight)[:, :, None]
    loss = world_size() * TripletLoss(margin=1.0)(gather(signatures), gather(labels[mine]))
    loss.backward()
    dist.all_reduce(weight.grad)
    torch.save(weight.grad / 2, f"{folder}/{rank}.pt")  # data-parallel training averages
    dist.destroy_process_group()


def _problem():
    generator = torch.Generator().manual_seed(3)
    x = torch.randn(8, 5, generator=generator)
    weight = torch.randn(5, 3, generator=generator, requires_grad=True)
    return x, torch.tensor([0, 0, 1, 1, 0, 0, 1, 1]), weight


def test_two_processes_give_the_gradient_of_the_whole_batch(tmp_path, free_port):
    mp.spawn(_work, args=(free_port, str(tmp_path)), nprocs=2)
    x, labels, weight = _problem()
    TripletLoss(margin=1.0)((x @ weight)[:, :, None], labels).backward()
    for rank in (0, 1):
        torch.testing.assert_close(torch.load(tmp_path / f"{rank}.pt", weights_only=True), weight.grad)


def test_a_single_process_gathers_its_own():
    x = torch.ones(2, 3, requires_grad=True)
    assert gather(x) is x
    assert world_size() == 1
